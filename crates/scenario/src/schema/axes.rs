//! Which keys can be axes of a matrix, as the schema says.

use std::sync::LazyLock;

use serde_json::Value;

use super::schema;

static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// The keys that can stand below this path in a matrix, be it as axes or as tables of them; none where there is no table.
pub(crate) fn axes_below(path: &[&str]) -> Vec<&'static str> {
    let mut tables = tables(&SCHEMA["$defs"]["matrix"]);
    for key in path {
        tables = tables.into_iter().filter_map(|table| table.get(*key)).flat_map(self::tables).collect();
    }
    let keys = tables.into_iter().filter_map(Value::as_object).flat_map(|table| table.keys());
    // These two are read before the axes are.
    keys.map(String::as_str).filter(|key| !(path.is_empty() && matches!(*key, "include" | "exclude"))).collect()
}

/// The keys of every table that a schema allows.
fn tables(schema: &'static Value) -> Vec<&'static Value> {
    let named = schema["$ref"].as_str().and_then(|name| SCHEMA.pointer(name.strip_prefix('#')?));
    let schema = named.unwrap_or(schema);
    let variants = schema["anyOf"].as_array().into_iter().flatten().flat_map(tables);
    schema.get("properties").into_iter().chain(variants).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_those_of_the_schema() {
        let top = axes_below(&[]);
        assert!(["network", "sdk", "module", "repeat", "test"].iter().all(|key| top.contains(key)), "{top:?}");
        assert!(!top.contains(&"name") && !top.contains(&"include"), "{top:?}");
        assert!(axes_below(&["network"]).contains(&"delay") && axes_below(&["network", "up"]).contains(&"loss"));
        assert!(axes_below(&["expect", "video"]).contains(&"mos"));
        assert!(axes_below(&["repeat"]).is_empty() && axes_below(&["no", "such"]).is_empty());
    }
}
