//! Files that grow line by line.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use nix::fcntl::OFlag;

use super::directory::Directory;
use super::replace::write_all;

/// The size of the blocks in which the end of the last complete line is searched, in bytes.
const BLOCK: u64 = 64 << 10;

/// A file to which complete lines are appended. A line that was written only in part is removed, so that the next one
/// does not continue it.
#[derive(Debug)]
pub struct LineFile {
    file: File,
    /// Length of the file up to the end of the last complete line, in bytes.
    length: u64,
    /// Whether the file contains, or may contain, more than that.
    is_torn: bool,
}

impl LineFile {
    /// Opens a file in `directory`, or creates it. An incomplete last line is removed: the process or the machine
    /// stopped while it was written.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a regular file, or cannot be written.
    pub fn open(directory: &Directory, name: impl AsRef<Path>) -> io::Result<Self> {
        let (directory, name) = directory.split(name.as_ref())?;
        super::fault::step()?;
        Self::of(directory.open_file(name, OFlag::O_RDWR | OFlag::O_APPEND | OFlag::O_CREAT)?, name)
    }

    fn of(file: File, name: &OsStr) -> io::Result<Self> {
        let all = file.metadata()?.len();
        let length = whole_lines(&file, all)?;
        let mut lines = Self { file, length, is_torn: length < all };
        if lines.is_torn {
            let bytes = all - length;
            tracing::warn!(name = %name.display(), bytes, "a line that was cut short is taken away");
            lines.heal()?;
        }
        Ok(lines)
    }

    /// Appends a line in one write. A reader sees an incomplete line only if the process or the machine stops.
    ///
    /// # Errors
    ///
    /// Returns an error if the line cannot be written.
    pub fn append(&mut self, line: &str) -> io::Result<()> {
        if self.is_torn {
            self.heal()?;
        }
        let text = format!("{line}\n");
        let written = write_all(&mut self.file, text.as_bytes());
        match written {
            Ok(()) => self.length += text.len() as u64,
            Err(_) => {
                self.is_torn = true;
                // If this fails as well, it is tried again before the next line.
                let _ = self.heal();
            }
        }
        written
    }

    /// Removes everything after the last complete line.
    fn heal(&mut self) -> io::Result<()> {
        super::fault::step()?;
        self.file.set_len(self.length)?;
        self.is_torn = false;
        Ok(())
    }
}

/// Returns the length of a file up to the end of its last complete line.
fn whole_lines(file: &File, length: u64) -> io::Result<u64> {
    let mut end = length;
    let mut block = vec![0; BLOCK as usize];
    while end > 0 {
        let begin = end.saturating_sub(BLOCK);
        // The value is at most the size of a block.
        let part = &mut block[..(end - begin) as usize];
        file.read_exact_at(part, begin)?;
        if let Some(newline) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(begin + newline as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::files::fault::fail_after;

    fn lines(base: &Path) -> LineFile {
        LineFile::open(&Directory::open(base).expect("opened"), "lines").expect("opened")
    }

    #[test]
    fn incomplete_line_is_not_continued() {
        let base = tempfile::tempdir().expect("a directory");
        let mut file = lines(base.path());
        file.append("one").expect("written");
        // The first half is written. The disk is then full, also for the attempt to remove that half.
        fail_after(Some(1));
        assert!(file.append("never").is_err());
        let torn = fs::read_to_string(base.path().join("lines")).expect("read");
        assert_eq!(torn, "one\nnev");
        assert!(file.append("never").is_err());
        fail_after(None);
        file.append("two").expect("written");
        assert_eq!(fs::read_to_string(base.path().join("lines")).expect("read"), "one\ntwo\n");
    }

    #[test]
    fn link_in_place_of_the_file_is_refused() {
        let base = tempfile::tempdir().expect("a directory");
        fs::write(base.path().join("victim"), "no line end").expect("written");
        std::os::unix::fs::symlink("victim", base.path().join("lines")).expect("a link");
        let directory = Directory::open(base.path()).expect("opened");
        let error = LineFile::open(&directory, "lines").expect_err("refused").to_string();
        assert_eq!(error, "`lines` is a symbolic link, not a regular file");
        assert_eq!(fs::read_to_string(base.path().join("victim")).expect("read"), "no line end");
    }

    proptest::proptest! {
        #[test]
        fn complete_lines_survive_any_truncation(
            texts in proptest::collection::vec("[a-z]{0,9}", 0..6),
            long in 0_usize..200_000,
            cut in 0_usize..200_060,
        ) {
            let base = tempfile::tempdir().expect("a directory");
            let path = base.path().join("lines");
            let mut whole: String = texts.iter().map(|line| format!("{line}\n")).collect();
            whole.push_str(&"x".repeat(long));
            let cut = cut.min(whole.len());
            fs::write(&path, &whole[..cut]).expect("written");
            lines(base.path()).append("next").expect("written");
            let left = fs::read_to_string(&path).expect("read");
            let kept = whole[..cut].rfind('\n').map_or("", |end| &whole[..=end]);
            proptest::prop_assert_eq!(left, format!("{kept}next\n"));
        }
    }
}
