// errored: the page left the harness for
export default class {
  async testConnectivity() {
    for (const url of [
      'chrome://crash',
      'chrome://kill',
      'about:crash',
      'file:///etc/passwd',
      'javascript:while(1);',
    ]) {
      try {
        window.open(url);
        Object.assign(document.createElement('a'), { href: url }).click();
      } catch {}
    }
    // A click takes effect later.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    return { success: true };
  }
}
