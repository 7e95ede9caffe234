// errored: number out of range
// quality
export default class {
  async testQuality() {
    precallEvent('{"type":"quality","result":{"audio":{"mos":1e999},"video":{}}}');
    await new Promise(() => {});
  }
}
