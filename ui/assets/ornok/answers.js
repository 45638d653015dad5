// What a pupil has chosen: kept in this browser window, sent nowhere.

export function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? {};
  } catch {
    return {}; // a browser may keep nothing
  }
}

export function keep(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // then it is known until the page goes
  }
}
