// Readings of the same thing that overlap: an older answer never takes the place of a newer one, however late it comes.
//   const begin = newest();
//   const isNewest = begin();  const value = await api.get(…);  if (!isNewest()) return;
// What an event brings is newer than all that was asked for before it: begin()(). Nothing is aborted, so a slow server is still heard.
export function newest() {
  let asked = 0;
  let taken = 0;
  return () => {
    const mine = ++asked;
    return () => {
      if (mine < taken) return false;
      taken = mine;
      return true;
    };
  };
}
