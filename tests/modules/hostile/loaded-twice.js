// errored: the page sent `loaded` twice
precallEvent('{"type":"loaded"}');
export default class {}
