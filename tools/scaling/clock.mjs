/**
 * A round on a virtual clock. Jobs go through stations one after the other; a station has lanes, which work on one job each, and jobs wait in their order.
 * Stations of one machine share its cores. The same input gives the same times.
 * @param stations by name: `lanes`, and the `machine` whose cores it needs, if any.
 * @param machines by name: number of cores.
 * @param routes of each job: [station, seconds] in order; a station that is named "delay" has room for all.
 * @returns seconds until the last job is through, and the busy seconds of each station.
 */
export function simulate(stations, machines, routes) {
  const state = new Map(
    Object.entries(stations).map(([name, each]) => [name, { ...each, free: each.lanes, queue: [], head: 0, busy: 0 }]),
  );
  const cores = new Map(Object.entries(machines));
  const events = new Heap();
  let [now, order] = [0, 0];
  const arrive = (job, step) => {
    if (step === routes[job].length) return;
    const [name, seconds] = routes[job][step];
    if (name === "delay") events.push({ at: now + seconds, order: order++, job, step });
    else state.get(name).queue.push({ job, step, seconds });
  };
  const start = () => {
    for (let begun = true; begun; ) {
      begun = false;
      for (const [name, station] of state) {
        const { machine, queue } = station;
        if (station.head === queue.length || station.free === 0 || (machine && cores.get(machine) === 0)) continue;
        const { job, step, seconds } = queue[station.head++];
        station.free--;
        station.busy += seconds;
        if (machine) cores.set(machine, cores.get(machine) - 1);
        events.push({ at: now + seconds, order: order++, job, step, name });
        begun = true;
      }
    }
  };
  for (let job = 0; job < routes.length; job++) arrive(job, 0);
  start();
  while (events.size > 0) {
    const { at, job, step, name } = events.pop();
    now = at;
    if (name !== undefined) {
      const station = state.get(name);
      station.free++;
      if (station.machine) cores.set(station.machine, cores.get(station.machine) + 1);
    }
    arrive(job, step + 1);
    start();
  }
  return { seconds: now, busy: Object.fromEntries([...state].map(([name, { busy }]) => [name, busy])) };
}

/** The earliest first; of equal times, the one that was pushed first. */
class Heap {
  #items = [];

  get size() {
    return this.#items.length;
  }

  push(item) {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(items[at], items[above])) break;
      [items[at], items[above]] = [items[above], items[at]];
      at = above;
    }
  }

  pop() {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < items.length && before(items[below], items[least])) least = below;
      if (least === at) return first;
      [items[at], items[least]] = [items[least], items[at]];
      at = least;
    }
  }
}

function before(a, b) {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
