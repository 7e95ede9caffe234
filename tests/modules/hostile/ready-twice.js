// errored: the page sent `ready` twice
precallEvent('{"type":"ready","userAgent":"x"}');
export default class {}
