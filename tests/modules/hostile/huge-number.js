// errored: the page sent video.bytesReceived = 8e307
// quality
export default class {
  async testQuality(update) {
    const counters = { bytesReceived: 8e307, packetsReceived: 1, packetsLost: 0 };
    update({ phase: 'audio-video', timestamp: 1, audio: { ...counters, bytesReceived: 1 }, video: counters });
    return { audio: {}, video: {} };
  }
}
