// errored: bytes of W3C statistics; at most 8388608 are taken
export default class {
  async testConnectivity() {
    const text = `{"type":"rtcStats","stats":[{"x":[${Array(125_000).fill(0).join()}]}]}`;
    for (let n = 0; n < 60; n += 1) precallEvent(text);
    return { success: true };
  }
}
