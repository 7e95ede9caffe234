//! The keys that can be axes of a matrix, according to the schema.

use std::sync::LazyLock;

use serde_json::Value;

use super::schema;

static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// Returns the keys below a path of a matrix: axes and tables of axes, without deprecated names. Empty if there is no
/// table at the path.
pub(crate) fn axes_below(path: &[&str]) -> Vec<&'static str> {
    let mut tables = tables(&SCHEMA["$defs"]["matrix"]);
    for key in path {
        tables = tables.into_iter().filter_map(|table| below(table, key)).flat_map(self::tables).collect();
    }
    let keys = tables.into_iter().filter_map(|table| table["properties"].as_object()).flatten();
    let keys = keys.filter(|(_, schema)| schema["deprecated"] != true).map(|(key, _)| key);
    // `include` and `exclude` are read before the axes.
    keys.map(String::as_str).filter(|key| !(path.is_empty() && matches!(*key, "include" | "exclude"))).collect()
}

/// Returns the schema of a key of a table. Of a table whose keys are names, all keys have the same.
fn below(table: &'static Value, key: &str) -> Option<&'static Value> {
    table["properties"].get(key).or_else(|| Some(&table["additionalProperties"]).filter(|schema| schema.is_object()))
}

/// Returns every table that a schema permits.
fn tables(schema: &'static Value) -> Vec<&'static Value> {
    let named = schema["$ref"].as_str().and_then(|name| SCHEMA.pointer(name.strip_prefix('#')?));
    let schema = named.unwrap_or(schema);
    let variants = schema["anyOf"].as_array().into_iter().flatten().flat_map(tables);
    let is_table = schema["properties"].is_object() || schema["additionalProperties"].is_object();
    is_table.then_some(schema).into_iter().chain(variants).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_follow_the_schema() {
        let top = axes_below(&[]);
        assert!(["network", "sdk", "module", "repeat", "test"].iter().all(|key| top.contains(key)), "{top:?}");
        assert!(!top.contains(&"name") && !top.contains(&"include"), "{top:?}");
        assert!(axes_below(&["network"]).contains(&"delay") && axes_below(&["network", "up"]).contains(&"loss"));
        assert!(axes_below(&["expect", "video"]).contains(&"mos"));
        assert!(axes_below(&["participant", "bob", "network"]).contains(&"rate"));
        assert!(axes_below(&["participant", "bob"]).contains(&"sdk"));
        assert!(axes_below(&["repeat"]).is_empty() && axes_below(&["no", "such"]).is_empty());
    }
}
