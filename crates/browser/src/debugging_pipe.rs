//! Chrome's debugging pipe (`--remote-debugging-pipe`): messages of the DevTools Protocol, each of which ends with a
//! NUL byte.
//!
//! A debugging port is open to every user of the host, and a client of it can read any file of the user who runs
//! Chrome. The pipe is a pair of sockets without a name, so only the two processes that hold its ends can reach it.

use std::collections::VecDeque;
use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// The longest message that is accepted from a browser, in bytes. A page determines how long the messages about it are.
/// The longest message that precall needs, a page's statistics, has about 100 kB. Up to six copies of a message exist
/// while it is read.
pub(super) const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// How many bytes of the end of a message that is too long are kept: they contain the session's id.
const TAIL_BYTES: usize = 256;

/// The size of the read buffer, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// The command that asks Chrome for its first answer. The client's own ids never reach this id.
const PROBE: &str = "{\"id\":2000000000,\"method\":\"Browser.getVersion\"}";

/// precall's end of the pipe.
#[derive(Debug)]
pub(super) struct DebuggingPipe {
    pub reader: MessageReader<OwnedReadHalf>,
    pub writer: MessageWriter<OwnedWriteHalf>,
}

impl DebuggingPipe {
    /// Creates a pipe, and returns precall's end and Chrome's end.
    pub(crate) fn new() -> io::Result<(Self, StdUnixStream)> {
        let (ours, chromes) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let (reader, writer) = UnixStream::from_std(ours)?.into_split();
        Ok((Self { reader: MessageReader::new(reader), writer: MessageWriter { output: writer } }, chromes))
    }

    /// Waits until Chrome answers. The error describes what happened instead.
    pub(crate) async fn probe(&mut self) -> Result<(), String> {
        let broken = |error: io::Error| format!("its debugging pipe broke ({error})");
        self.writer.write(PROBE).await.map_err(broken)?;
        match self.reader.next().await.map_err(broken)? {
            Some(_) => Ok(()),
            None => Err("it closed its debugging pipe".to_owned()),
        }
    }
}

/// A message from the browser.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PipeMessage {
    /// A whole message, without the byte that ends it.
    Message(String),
    /// A message of more than [`MAX_MESSAGE_BYTES`], which was dropped.
    TooLong {
        /// The session id of the page that the message is about. `None` if it is about no page.
        session: Option<String>,
    },
}

/// Reads messages of bounded length.
#[derive(Debug)]
pub(super) struct MessageReader<R> {
    input: BufReader<R>,
    limit: usize,
}

impl<R: AsyncRead + Unpin> MessageReader<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(BUFFER_BYTES, input), limit: MAX_MESSAGE_BYTES }
    }

    /// Reads the next message. Returns `None` when the other end is closed. If the future is dropped, a part that was
    /// read is lost.
    pub(crate) async fn next(&mut self) -> io::Result<Option<PipeMessage>> {
        let mut bytes = Vec::new();
        // One more for the byte that ends the message.
        let limit = u64::try_from(self.limit).unwrap_or(u64::MAX).saturating_add(1);
        (&mut self.input).take(limit).read_until(0, &mut bytes).await?;
        if bytes.pop_if(|last| *last == 0).is_some() {
            let text =
                String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            return Ok(Some(PipeMessage::Message(text)));
        }
        if bytes.len() <= self.limit {
            return Ok(None);
        }
        let tail = bytes.split_off(bytes.len().saturating_sub(TAIL_BYTES));
        drop(bytes);
        self.skip(tail.into()).await
    }

    /// Skips the rest of a message.
    async fn skip(&mut self, mut tail: VecDeque<u8>) -> io::Result<Option<PipeMessage>> {
        loop {
            let buffer = self.input.fill_buf().await?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let end = buffer.iter().position(|byte| *byte == 0);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            tail.extend(&part[part.len().saturating_sub(TAIL_BYTES)..]);
            tail.drain(..tail.len().saturating_sub(TAIL_BYTES));
            let count = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(count);
            if end.is_some() {
                return Ok(Some(PipeMessage::TooLong { session: session_in(tail.make_contiguous()) }));
            }
        }
    }
}

/// Returns the session id at the end of a message. A page cannot forge it, because Chrome escapes every quotation mark
/// of the page with a backslash.
fn session_in(tail: &[u8]) -> Option<String> {
    const KEY: &[u8] = b",\"sessionId\":\"";
    let inner = tail.strip_suffix(b"\"}")?;
    let id = inner.rsplit(|byte| *byte == b'"').next()?;
    let before = &inner[..inner.len() - id.len()];
    let is_id = !id.is_empty() && id.iter().all(u8::is_ascii_alphanumeric) && before.ends_with(KEY);
    is_id.then(|| String::from_utf8_lossy(id).into_owned())
}

/// Writes messages to Chrome, each with the byte that ends it.
#[derive(Debug)]
pub(super) struct MessageWriter<W> {
    output: W,
}

impl<W: AsyncWrite + Unpin> MessageWriter<W> {
    pub(crate) async fn write(&mut self, message: &str) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(message.len() + 1);
        bytes.extend_from_slice(message.as_bytes());
        bytes.push(0);
        self.output.write_all(&bytes).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads bytes that arrive in pieces of this size, with this limit for a message.
    async fn read(bytes: &[u8], limit: usize, piece: usize) -> Vec<PipeMessage> {
        let (mut output, input) = tokio::io::duplex(piece);
        let mut reader = MessageReader { limit, ..MessageReader::new(input) };
        let bytes = bytes.to_owned();
        let writer = tokio::spawn(async move { output.write_all(&bytes).await });
        let mut found = Vec::new();
        while let Some(message) = reader.next().await.expect("read") {
            found.push(message);
        }
        writer.await.expect("ended").expect("written");
        found
    }

    fn message(text: &str) -> PipeMessage {
        PipeMessage::Message(text.to_owned())
    }

    #[tokio::test]
    async fn messages_end_with_a_nul_byte_in_pieces_of_any_size() {
        for piece in [1, 3, 64] {
            let found = read("{\"a\":1}\0\0{\"ä\":2}\0half".as_bytes(), 100, piece).await;
            assert_eq!(found, [message("{\"a\":1}"), message(""), message("{\"ä\":2}")]);
        }
        assert_eq!(read(b"\xff\0", 100, 8).await, [message("\u{fffd}")]);
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_is_dropped_alone() {
        for fill in [74, 75, 80, 1_000, 100_000] {
            let long = format!("{{\"p\":\"{}\",\"sessionId\":\"AB12\"}}", "x".repeat(fill));
            let bytes = format!("first\0{long}\0last\0");
            let found = read(bytes.as_bytes(), 100, 1_000).await;
            let of_page = PipeMessage::TooLong { session: Some("AB12".to_owned()) };
            assert_eq!(found, [message("first"), of_page, message("last")], "{fill}");
        }
        let longest = "x".repeat(100);
        assert_eq!(read(format!("{longest}\0").as_bytes(), 100, 64).await, [message(&longest)]);
        let cut_off = "x".repeat(200);
        assert_eq!(read(cut_off.as_bytes(), 100, 64).await, [], "it never ends");
    }

    #[test]
    fn a_page_cannot_forge_a_session_id() {
        let session = |tail: &str| session_in(tail.as_bytes());
        assert_eq!(session("},\"sessionId\":\"AB12\"}").as_deref(), Some("AB12"));
        for forged in [
            // Within a string of the page.
            "\\\",\\\"sessionId\\\":\\\"AB12\\\"}",
            // Within an object of the message.
            ",\"sessionId\":\"AB12\"}}",
            ",\"sessionId\":\"\"}",
            ",\"other\":\"AB12\"}",
            "\"}",
            "",
        ] {
            assert_eq!(session(forged), None, "{forged}");
        }
    }
}
