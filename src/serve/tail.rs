//! Reading a file that another process appends lines to.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The most bytes that are read at once.
const CHUNK_BYTES: u64 = 4 << 20;

/// The place in a file up to which its lines have been read.
#[derive(Debug, Default)]
pub(super) struct Tail {
    offset: u64,
}

impl Tail {
    /// Returns the whole lines that have been appended since; a part of a line waits for its end. There may be more
    /// when lines are returned.
    pub(super) fn lines(&mut self, file: &mut File) -> io::Result<Vec<String>> {
        // A file that has become shorter is another one.
        if file.metadata()?.len() < self.offset {
            self.offset = 0;
        }
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        file.take(CHUNK_BYTES).read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        // No line of a run is as long as a chunk; one that is would never end.
        let read = if whole == 0 && bytes.len() as u64 == CHUNK_BYTES { bytes.len() } else { whole };
        self.offset += read as u64;
        Ok(String::from_utf8_lossy(&bytes[..whole]).lines().map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn lines_are_read_once_they_are_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lines");
        let append = |text: &str| {
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path).expect("opened");
            file.write_all(text.as_bytes()).expect("written");
        };
        append("one\ntw");
        let mut file = File::open(&path).expect("opened");
        let mut tail = Tail::default();
        assert_eq!(tail.lines(&mut file).expect("read"), ["one"]);
        assert!(tail.lines(&mut file).expect("read").is_empty());
        append("o\nthree\n");
        assert_eq!(tail.lines(&mut file).expect("read"), ["two", "three"]);
    }

    #[test]
    fn a_line_without_an_end_is_passed_over() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lines");
        std::fs::write(&path, [vec![b'x'; CHUNK_BYTES as usize], b"x\nlast\n".to_vec()].concat()).expect("written");
        let mut file = File::open(&path).expect("opened");
        let mut tail = Tail::default();
        assert!(tail.lines(&mut file).expect("read").is_empty());
        assert_eq!(tail.lines(&mut file).expect("read"), ["x", "last"]);
    }
}
