// inconclusive: 0 samples
// quality
export default class {
  async testQuality() {
    return { audio: { mos: Infinity, bitrate: NaN }, video: { mos: -Infinity, frameRate: NaN } };
  }
}
