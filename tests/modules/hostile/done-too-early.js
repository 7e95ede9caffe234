// errored: the page sent `done` without a connectivity result
export default class {
  async testConnectivity() {
    precallEvent('{"type":"done"}');
    await new Promise(() => {});
  }
}
