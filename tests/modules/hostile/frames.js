// passed
export default class {
  async testConnectivity() {
    for (let n = 0; n < 100; n += 1) {
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.contentWindow.console?.log(n);
    }
    return { success: true };
  }
}
