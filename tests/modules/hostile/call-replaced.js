// errored: the page did not take a call
window.precall = null;
export default class {}
