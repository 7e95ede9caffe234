//! Text that stays text in Markdown.

/// The most characters of one text that a page or a browser wrote.
const MAX_TEXT: usize = 1_000;

/// `text` so that it stays text, and in its cell: punctuation that Markdown could take for markup is escaped, as CommonMark
/// allows of any; what HTML would take for markup is an entity. A text that is too long is cut.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let text = text.trim();
    let is_cut = text.chars().nth(MAX_TEXT).is_some();
    for c in text.chars().take(MAX_TEXT).chain(is_cut.then_some('…')) {
        match c {
            '\n' => escaped.push_str("<br>"),
            '\r' | '\t' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // Mentions people, and issues.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            // A link by itself, without any markup.
            ':' => escaped.push_str("&#58;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text() {
        assert_eq!(
            escape("a|b\n<b>`x`</b> [l](http://e) @me #1"),
            r"a\|b<br>&lt;b&gt;\`x\`&lt;/b&gt; \[l\](http&#58;//e) &#64;me &#35;1"
        );
    }
}
