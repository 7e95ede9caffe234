//! The file format: pcapng (draft-ietf-opsawg-pcapng), as much of it as captures need.

use std::io::{self, Write};

/// Packets begin with an IP header (`LINKTYPE_RAW`).
const LINK_TYPE: u16 = 101;
/// The option that names an interface (`if_name`), and the one for the unit of its times (`if_tsresol`).
const NAME: u16 = 2;
const TIME_RESOLUTION: u16 = 9;
/// Times are in nanoseconds: 10^-9 s.
const NANOSECONDS: u8 = 9;

/// A file that is being written.
pub(super) struct PcapNg<W> {
    file: W,
}

impl<W: Write> PcapNg<W> {
    /// Begins a file with these interfaces.
    pub(super) fn new(mut file: W, interfaces: &[&str]) -> io::Result<Self> {
        let mut section = Vec::new();
        // The byte order, version 1.0, and a length that is not known yet.
        section.extend(0x1a2b_3c4d_u32.to_le_bytes());
        section.extend([1, 0, 0, 0]);
        section.extend((-1_i64).to_le_bytes());
        block(&mut file, 0x0a0d_0d0a, &section)?;
        for name in interfaces {
            let mut interface = Vec::new();
            interface.extend(LINK_TYPE.to_le_bytes());
            // Reserved, and no limit to a packet's length.
            interface.extend([0; 6]);
            option(&mut interface, NAME, name.as_bytes());
            option(&mut interface, TIME_RESOLUTION, &[NANOSECONDS]);
            option(&mut interface, 0, &[]);
            block(&mut file, 1, &interface)?;
        }
        Ok(Self { file })
    }

    /// Adds a packet that was seen on an interface, so many nanoseconds after the beginning of 1970.
    pub(super) fn packet(&mut self, interface: u32, nanoseconds: u64, packet: &[u8]) -> io::Result<()> {
        let length = u32::try_from(packet.len()).map_err(io::Error::other)?;
        let mut body = Vec::with_capacity(packet.len() + 24);
        body.extend(interface.to_le_bytes());
        body.extend(((nanoseconds >> 32) as u32).to_le_bytes());
        body.extend((nanoseconds as u32).to_le_bytes());
        // As captured, and as it was.
        body.extend(length.to_le_bytes());
        body.extend(length.to_le_bytes());
        body.extend(packet);
        pad(&mut body);
        block(&mut self.file, 6, &body)
    }

    /// Hands what was written on to the file.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Returns a block: its type, its length, its body, and its length again. `body` has a multiple of four bytes.
fn block(file: &mut impl Write, kind: u32, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len() + 12).map_err(io::Error::other)?;
    file.write_all(&kind.to_le_bytes())?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(body)?;
    file.write_all(&length.to_le_bytes())
}

fn option(block: &mut Vec<u8>, code: u16, value: &[u8]) {
    block.extend(code.to_le_bytes());
    // Names and numbers of ours are short.
    block.extend((value.len() as u16).to_le_bytes());
    block.extend(value);
    pad(block);
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_padded_and_have_two_lengths() {
        let mut file = Vec::new();
        let mut capture = PcapNg::new(&mut file, &["one", "second"]).expect("written");
        capture.packet(1, 5_000_000_001, b"packet").expect("written");
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four")) as usize;
        let (mut at, mut kinds) = (0, Vec::new());
        while at < file.len() {
            kinds.push(word(at));
            let length = word(at + 4);
            assert_eq!((length % 4, word(at + length - 4)), (0, length));
            at += length;
        }
        assert_eq!((at, kinds), (file.len(), vec![0x0a0d_0d0a, 1, 1, 6]));
        let packet = file.len() - word(file.len() - 4);
        assert_eq!([8, 12, 16, 20, 24].map(|offset| word(packet + offset)), [1, 1, 705_032_705, 6, 6]);
        assert_eq!(&file[packet + 28..packet + 34], b"packet");
    }
}
