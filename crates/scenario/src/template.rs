//! Texts with names in braces, such as `http://localhost:{port}/?room={room}`.

/// A text with names in braces, for which values are put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(String);

impl Template {
    /// Reads a template with these names.
    ///
    /// # Errors
    ///
    /// Returns the name in braces that is none of them, or an empty text for a brace without its counterpart.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, String> {
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let after = &rest[at..];
            let name = after.strip_prefix('{').and_then(|after| after.split_once('}')).map(|(name, _)| name);
            match name {
                Some(name) if names.contains(&name) => rest = &after[name.len() + 2..],
                Some(name) => return Err(name.to_owned()),
                None => return Err(String::new()),
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the text contains a name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(&format!("{{{name}}}"))
    }

    /// Returns the text with the value of each name.
    pub fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let mut filled = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            filled.push_str(&value(name));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_their_values_and_values_are_not_read_again() {
        let names = ["port", "room"];
        let template = Template::parse("http://localhost:{port}/?room={room}&x={room}", &names).expect("a template");
        assert!(template.contains("room") && !template.contains("rooms"));
        let filled = template.fill(|name| if name == "port" { "3000".to_owned() } else { "{port}".to_owned() });
        assert_eq!(filled, "http://localhost:3000/?room={port}&x={port}");
        assert_eq!(Template::parse("plain", &names).expect("a template").fill(|_| String::new()), "plain");
    }

    #[test]
    fn unknown_names_and_lone_braces_are_errors() {
        for (text, error) in
            [("{rom}", "rom"), ("a{", ""), ("a}", ""), ("{room}}", ""), ("{{room}", "{room"), ("{}", "")]
        {
            assert_eq!(Template::parse(text, &["room"]), Err(error.to_owned()), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a{}]{0,12}") {
            if let Ok(template) = Template::parse(&text, &["a"]) {
                let filled = template.fill(|name| format!("<{name}>"));
                let has_brace = filled.contains(['{', '}']);
                proptest::prop_assert!(!has_brace, "{}", filled);
            }
        }
    }
}
