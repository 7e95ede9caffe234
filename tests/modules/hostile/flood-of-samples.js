// errored: the page sent 1001 samples; at most 1000 are taken
// quality
const counters = { bytesReceived: 1, packetsReceived: 1, packetsLost: 0 };
export default class {
  async testQuality(update) {
    for (let n = 0; n < 9_000; n += 1) update({ phase: 'audio-video', timestamp: n, audio: counters, video: counters });
    return { audio: {}, video: {} };
  }
}
