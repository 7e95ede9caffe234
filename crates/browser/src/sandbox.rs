//! Chrome's sandbox, which needs user namespaces or a SUID helper.

use std::path::Path;

/// The environment variable that starts Chrome without its sandbox.
pub const NO_SANDBOX_VARIABLE: &str = "PRECALL_NO_SANDBOX";

/// Returns whether Chrome is started without its sandbox: if precall runs as root, for whom Chrome refuses to start
/// with one, or if `PRECALL_NO_SANDBOX` is set to a value other than `0`, `false` or `no`.
pub(super) fn is_off() -> bool {
    nix::unistd::geteuid().is_root()
        || precall_support::environment::text(NO_SANDBOX_VARIABLE).is_some_and(|value| is_set(&value))
}

fn is_set(value: &str) -> bool {
    !["", "0", "false", "no"].contains(&value.trim().to_ascii_lowercase().as_str())
}

/// Returns what to do about a sandbox that cannot start on this machine.
pub(super) fn advice() -> String {
    let kernel = |name: &str| {
        std::fs::read_to_string(Path::new("/proc/sys").join(name)).ok().and_then(|text| text.trim().parse().ok())
    };
    let allow = match refused_by(kernel) {
        Some(setting) => format!("allow user namespaces (as root: `sysctl -w {setting}`)"),
        None => "allow user namespaces; in a container, run it with a seccomp profile that has them (Docker: `--security-opt \
                 seccomp=…` with Chrome's profile, or `--cap-add SYS_ADMIN`)"
            .to_owned(),
    };
    format!(
        "{allow}; or install Chrome's SUID sandbox (Debian: chromium-sandbox); or, where nothing but trusted builds run, set \
         {NO_SANDBOX_VARIABLE}=1 to start Chrome without a sandbox"
    )
}

/// Returns the kernel setting that forbids user namespaces, with the value that allows them. `kernel` reads a setting.
fn refused_by(kernel: impl Fn(&str) -> Option<i64>) -> Option<&'static str> {
    let settings = [
        ("kernel/unprivileged_userns_clone", 0, "kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", 0, "user.max_user_namespaces=15000"),
        ("kernel/apparmor_restrict_unprivileged_userns", 1, "kernel.apparmor_restrict_unprivileged_userns=0"),
    ];
    settings.into_iter().find(|(name, refusing, _)| kernel(name) == Some(*refusing)).map(|(_, _, setting)| setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_restricting_kernel_setting_is_named() {
        let with = |name: &'static str, value: i64| refused_by(move |asked| (asked == name).then_some(value));
        assert_eq!(with("kernel/unprivileged_userns_clone", 0), Some("kernel.unprivileged_userns_clone=1"));
        assert_eq!(with("user/max_user_namespaces", 0), Some("user.max_user_namespaces=15000"));
        let ubuntu = "kernel/apparmor_restrict_unprivileged_userns";
        assert_eq!(with(ubuntu, 1), Some("kernel.apparmor_restrict_unprivileged_userns=0"));
        assert_eq!(with(ubuntu, 0), None);
        assert_eq!(refused_by(|_| None), None);
    }

    #[test]
    fn only_a_clear_yes_turns_the_sandbox_off() {
        assert!(is_set("1") && is_set("true"));
        assert!(!is_set("") && !is_set("0") && !is_set("False"));
    }
}
