// errored: the page sent audio.packetsReceived = -5.0
// quality
export default class {
  async testQuality(update) {
    update({ phase: 'audio-only', timestamp: 1, audio: { bytesReceived: 1, packetsReceived: -5, packetsLost: 0 } });
    return { audio: {}, video: {} };
  }
}
