// errored: connectivity raised Error: nothing to see
export default class {
  async testConnectivity() {
    throw new Proxy(
      {},
      {
        get: () => {
          throw new Error('nothing to see');
        },
      },
    );
  }
}
