//! precall's commands as tools for programs that speak the Model Context Protocol (MCP), over standard input and
//! output.
//!
//! Each tool is a command of precall's own program, in a process of its own: what the other side reads is what people
//! read, and a command that breaks does not end the server.

mod command;
mod tools;

pub use tools::{McpError, serve};
