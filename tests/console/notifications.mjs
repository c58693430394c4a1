// Notifications as Netdata Cloud sends them, about made-up machines.

let count = 0;

/** A notification about one alert; `id` distinguishes alerts, `status` is Netdata's word. */
export function notification({ id = `alert-${++count}`, summary = "Disk space", host = "db-01.example.net", status = "Critical", minutesAgo = 5, value = "97%", ...rest } = {}) {
  const triggered_at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const link = "https://app.netdata.cloud/spaces/example/rooms/all-nodes/alerts/";
  return {
    message: `Raised to ${status}, ${summary} = ${value}, on ${host}`,
    space: { id: "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913", name: "Example", slug: "example" },
    node: { id: uuid(id), hostname: host },
    alert: {
      name: "disk_space_usage",
      chart: { id: `disk_space.${id}`, name: `disk_space.${id}` },
      context: "disk.space",
      state: { status, value: Number.parseFloat(value), value_str: value },
      prev_state: status === "Clear" ? { status: "Critical", value: 97, value_str: "97%" } : { status: "Clear", value: 20, value_str: "20%" },
      triggered_at,
      transition_id: uuid(`${id} ${status} ${triggered_at}`),
      duration: { value: 60, value_str: "1 minute", non_clear: 0 },
      config: { hash: "6b1f09d4-c25e-4783-9a60-e48d7f2b3c11", classification: "Utilization", recipient: "sysadmin" },
      rendered: { info: "Space utilization of a mount point", summary },
      url: `${link}${encodeURIComponent(id)}`,
    },
    ...rest,
  };
}

/** A UUID that depends on the text alone. */
function uuid(text) {
  let digits = "";
  for (let round = 0; digits.length < 32; round += 1) {
    let hash = 2166136261 ^ round;
    for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0), 16777619) >>> 0;
    digits += hash.toString(16).padStart(8, "0");
  }
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
