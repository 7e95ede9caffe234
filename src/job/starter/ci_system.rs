//! The CI systems that precall has a gate for.

/// A CI system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CiSystem {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Jenkins.
    Jenkins,
    /// Azure Pipelines.
    Azure,
    /// CircleCI.
    CircleCi,
}

impl CiSystem {
    /// Each system.
    pub const ALL: [Self; 5] = [Self::GitHub, Self::GitLab, Self::Jenkins, Self::Azure, Self::CircleCi];

    /// Returns the name of the system, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Jenkins => "Jenkins",
            Self::Azure => "Azure Pipelines",
            Self::CircleCi => "CircleCI",
        }
    }

    /// Returns the file that the system reads, relative to the root of the repository, and the gate as its text.
    pub(super) fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::GitHub => (".github/workflows/opentok-gate.yaml", include_str!("../../../deploy/gate.github.yaml")),
            Self::GitLab => (".gitlab-ci.yml", include_str!("../../../deploy/gate.gitlab-ci.yml")),
            Self::Jenkins => ("Jenkinsfile", include_str!("../../../deploy/Jenkinsfile")),
            Self::Azure => ("azure-pipelines.yml", include_str!("../../../deploy/azure-pipelines.yml")),
            Self::CircleCi => (".circleci/config.yml", include_str!("../../../deploy/circleci.yml")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::starter::init::SCENARIO;

    #[test]
    fn files_stand_where_their_own_words_put_them_and_run_the_scenario() {
        for system in CiSystem::ALL {
            let (path, text) = system.file();
            let head: String = text.lines().take(6).collect();
            assert!(head.contains(&format!("{path},")) || head.contains(&format!("{path} ")), "{path}: {head}");
            assert!(text.contains(SCENARIO), "{path} runs another scenario than {SCENARIO}");
        }
    }
}
