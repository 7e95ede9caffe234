//! The programs in `tests/pages`: ES modules that tests run in a browser's page.

use std::path::Path;

use precall::page::PageServer;
use serde_json::Value;

/// A page server that also serves the programs, below the path that `call` uses.
pub fn server() -> PageServer {
    let server = PageServer::new();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let path = server.add_module(&directory, Path::new("client.js"));
    assert_eq!(path, "/module/0/client.js");
    server
}

/// The expression that calls a function which a program exports, with one object of variables. The expression does not
/// wait for the function.
pub fn call(program: &str, function: &str, variables: &Value) -> String {
    format!("void import('/module/0/{program}.js').then((program) => program.{function}({variables}))")
}
