// errored: the page sent an event that precall does not understand
Object.prototype.toJSON = () => 'polluted';
Array.prototype.map = () => [];
export default class {}
