// Which server there is. The main process knows it, and its password; it tells this window when it starts.
let connection = null;
const listeners = new Set();

export const currentConnection = () => connection;
export const language = () => connection?.language || 'kk';

// Calls the listener whenever another server is named; gives back how to stop that.
export function onConnection(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function connect(told) {
  connection = told;
  listeners.forEach(listener => listener());
}
