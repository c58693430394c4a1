//! `campanile check netdata`: whether the keeper can ask Netdata Cloud, and what Netdata notified nobody of.

use alert::Clock as _;
use aws::{Configuration, SystemClock};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use net::{EgressPolicy, sanitize};
use netdata::{Call, Node, NodeState, Room, Space, Transition, Window};
use poll::netdata::{NetdataApi, NetdataSecret};

use super::address::Address;
use super::check::Unhealthy;
use super::secrets::Secrets;
use super::server::Caller;
use super::upkeep::say_healed;
use super::{Outcome, say};

/// How far back changes are looked for.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);
/// How many changes are looked at.
const MOST_CHANGES: usize = 200;

const REMEDY: &str = "the keeper cannot look after netdata: put an `api_token` of `scope:all` into the secret, of a user who sees the \
                      space and its room of all nodes";

/// Show which spaces the keeper can ask, and what Netdata Cloud notified nobody of within 24 hours; ends with 3 where
/// it can ask none
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    secrets: Secrets,
    /// Address of Campanile, which says what it healed; that of the profile unless given
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true)]
    url: Option<Address>,
    #[command(flatten)]
    caller: Caller,
}

/// A secret without a token.
#[derive(Debug, thiserror::Error)]
#[error(
    "the secret `{0}` has no `api_token`: make one of `scope:all` under User Settings, API Tokens, or do without: then alerts \
     end by what notifications list alone"
)]
struct NoToken(String);

impl Check {
    pub(super) async fn run(self) -> Outcome {
        let configuration = Configuration::from_environment()?;
        let secret: NetdataSecret = self.secrets.read("netdata", &configuration).await?;
        let access =
            secret.access().ok_or_else(|| NoToken(format!("{}/netdata", configuration.secret_prefix)))??;
        let api = NetdataApi::new(&access, EgressPolicy::public().and_loopback(), &SystemClock)?;
        let mut asked = 0;
        for space in api.ask(&Call::spaces(), Space::read_all).await? {
            let rooms = api.ask(&Call::rooms(&space), Room::read_all).await?;
            let name = format!("space {} ({})", sanitize::line(&space.name), sanitize::line(&space.id));
            match rooms.into_iter().find(|room| room.holds_all_nodes) {
                Some(room) => {
                    say(format!("{name}: {}", lately(&api, &space, &room).await?));
                    asked += 1;
                }
                None => say(format!(
                    "{name}: the token sees no room of all nodes, so that it is not looked after"
                )),
            }
        }
        say_healed(self.url, self.caller, "netdata").await;
        if asked > 0 { Ok(()) } else { Err(Unhealthy { remedy: REMEDY }.into()) }
    }
}

/// What happened in `space` of late.
async fn lately(api: &NetdataApi<'_>, space: &Space, room: &Room) -> Outcome<String> {
    let before = SystemClock.now();
    let after = before.checked_sub(LOOK_BACK).unwrap_or(Timestamp::UNIX_EPOCH);
    let call = Call::transitions(space, room, Window { after, before }, MOST_CHANGES);
    let (changes, _) = api.ask(&call, Transition::read_all).await?;
    let nodes = api.ask(&Call::nodes(space, room), Node::read_all).await?;
    let unreached = nodes.iter().filter(|node| node.state != NodeState::Reachable).count();
    let unannounced = changes.iter().filter(|change| change.notified_at.is_none()).count();
    let more = if changes.len() >= MOST_CHANGES { " or more" } else { "" };
    Ok(format!(
        "nodes: {}, not reached: {unreached}; changes within 24 hours: {}{more}, of which nobody was notified: {unannounced}",
        nodes.len(),
        changes.len()
    ))
}
