// errored: the page sent an event of its tests before it was `ready`
precallEvent('{"type":"phase","phase":"quality"}');
await new Promise(() => {});
