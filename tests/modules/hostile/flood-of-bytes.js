// errored: bytes of events; at most 8388608 are taken
export default class {
  async testConnectivity() {
    const text = JSON.stringify({ type: 'rtcStats', stats: ['x'.repeat(250_000)] });
    for (let n = 0; n < 1_000; n += 1) precallEvent(text);
    return { success: true };
  }
}
