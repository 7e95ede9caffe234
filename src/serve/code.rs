//! Codes that people tell each other, of reports and of invitations.

/// The letters of a code: those that people read aloud without mistakes (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns a new code of eight letters, in two groups, such as `7K2M-Q9TX`.
pub(super) fn code() -> String {
    let random = uuid::Uuid::new_v4().as_u128();
    // The lowest bits of a version 4 UUID are random.
    let letter = |at: u32| char::from(LETTERS[(random >> (5 * at)) as usize % LETTERS.len()]);
    let group = |from: u32| (from..from + 4).map(letter).collect::<String>();
    format!("{}-{}", group(0), group(4))
}

/// Whether a text is a code.
pub(super) fn is_code(text: &str) -> bool {
    let is_letter = |byte: &u8| LETTERS.contains(byte);
    matches!(text.as_bytes(), [first @ .., b'-', _, _, _, _] if first.len() == 4 && first.iter().all(is_letter))
        && text.as_bytes()[5..].iter().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_other_texts() {
        assert!((0..100).all(|_| is_code(&code())));
        for text in ["", "7K2MQ9TX", "7K2M-Q9T", "7k2m-q9tx", "7K2M-Q9TI", "../A-BCDE", "7K2M-Q9TXX"] {
            assert!(!is_code(text), "{text}");
        }
    }
}
