// errored: the page sent a connectivity result twice
export default class {
  async testConnectivity() {
    precallEvent('{"type":"connectivity","result":{"success":true}}');
    return { success: false };
  }
}
