//! The way out: state change ▸ mute ▸ route ▸ group ▸ notification ▸ attempt. Pure, behind ports.
