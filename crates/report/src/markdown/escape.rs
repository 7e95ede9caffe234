//! Escapes text for Markdown.

/// The largest length of one text from a page or a browser, in characters.
const MAX_TEXT: usize = 1_000;

/// A zero-width space. It splits text that GitHub and GitLab would turn into a link, a mention or a reference. They
/// search for these in the rendered page, in which entities and backslashes are gone.
const PARTED: &str = "&#8203;";

/// Characters that begin a reference to people, issues, merge requests, snippets, labels, milestones or epics, if a
/// name or a number follows.
const REFERENCES: [char; 8] = ['@', '#', '!', '$', '~', '%', '&', '^'];

/// Escapes text so that Markdown and HTML show it unchanged within a table cell. Punctuation with a meaning in Markdown
/// gets a backslash, as CommonMark allows for all punctuation. Characters with a meaning in HTML become entities.
/// Links, mentions and references that need no markup are split. A text that is too long is truncated.
pub(super) fn escape(text: &str) -> String {
    let text = text.trim();
    let is_cut = text.chars().nth(MAX_TEXT).is_some();
    let chars: Vec<char> = text.chars().take(MAX_TEXT).chain(is_cut.then_some('…')).collect();
    let is_number = |end: usize| chars[..end].iter().all(char::is_ascii_digit);
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in chars.iter().copied().enumerate() {
        let next = chars.get(at + 1).copied();
        match c {
            '\n' => escaped.push_str("<br>"),
            '\r' | '\t' => escaped.push(' '),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            ':' => escaped.push_str("&#58;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '$' => escaped.extend(['\\', c]),
            // Otherwise a list, or the underline of a heading.
            '-' | '+' | '=' if at == 0 => escaped.extend(['\\', c]),
            '.' | ')' if next.is_none_or(char::is_whitespace) && is_number(at) => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
        let is = |word: &str, end: usize| {
            end >= word.len() && chars[end - word.len()..end].iter().collect::<String>().eq_ignore_ascii_case(word)
        };
        let refers = REFERENCES.contains(&c)
            && next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '"' | '\''));
        let is_address = c == ':' && next == Some('/');
        let is_host = next == Some('.') && is("www", at + 1);
        let is_issue = c == '-' && is("gh", at);
        if refers || is_address || is_host || is_issue {
            escaped.push_str(PARTED);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(
            escape("a|b\n<b>`x`</b> [l](http://e) @me #1"),
            r"a\|b<br>&lt;b&gt;\`x\`&lt;/b&gt; \[l\](http&#58;&#8203;//e) &#64;&#8203;me &#35;&#8203;1"
        );
        assert_eq!(
            ["- a", "+ a", "12. a", "1) a", "===", "2.35.2 a"].map(escape).join(" "),
            r"\- a \+ a 12\. a 1\) a \=== 2.35.2 a"
        );
    }

    #[test]
    fn links_and_references_are_split() {
        for (text, written) in [
            ("www.evil.example", "www&#8203;.evil.example"),
            ("see WWW.evil.example", "see WWW&#8203;.evil.example"),
            ("ftp://evil.example", "ftp&#58;&#8203;//evil.example"),
            ("me@evil.example", "me&#64;&#8203;evil.example"),
            ("GH-1, owner/name#1", "GH-&#8203;1, owner/name&#35;&#8203;1"),
            ("!1 ~bug %\"v 1\" &2 $3", "\\!&#8203;1 \\~&#8203;bug %&#8203;\"v 1\" &amp;&#8203;2 \\$&#8203;3"),
            ("5 % of 3 packets & more", "5 % of 3 packets &amp; more"),
        ] {
            assert_eq!(escape(text), written, "{text}");
        }
    }

    proptest::proptest! {
        /// Returns the text that a page finally shows: with decoded entities and without backslashes.
        #[test]
        fn no_text_links_or_mentions(text in "(www\\.|http://|@|#|!|GH-|gh-|[a-z0-9 <>&:/.-]|é){0,24}") {
            let written = escape(&text);
            proptest::prop_assert!(!written.replace("<br>", "").contains(['<', '>']), "{}", written);
            let shown = written.replace("&#8203;", "\u{200b}").replace("&#64;", "@").replace("&#35;", "#").replace("&#58;", ":");
            let shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace('\\', "").to_lowercase();
            for sign in ["www.", "://", "gh-0", "gh-1"] {
                proptest::prop_assert!(!shown.contains(sign), "{} in {}", sign, shown);
            }
            let chars: Vec<_> = shown.chars().collect();
            for two in chars.windows(2) {
                proptest::prop_assert!(!(REFERENCES.contains(&two[0]) && two[1].is_alphanumeric()), "{}", shown);
            }
        }
    }
}
