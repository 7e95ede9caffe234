// errored: prepare raised
window.OT = {
  get version() {
    throw new Error('no version');
  },
};
