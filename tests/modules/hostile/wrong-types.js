// errored: the page sent an event that precall does not understand: invalid type
export default class {
  async testConnectivity() {
    precallEvent('{"type":"connectivity","result":{"success":"yes","failedTests":7}}');
    await new Promise(() => {});
  }
}
