// errored: the page sent an event that precall does not understand
precallEvent('');
await new Promise(() => {});
