// A project for people who may have several checkouts of it: its name, and its folder where that has another one.

/** `shop`, or `shop (shop-feature)`. */
export function projectLabel(name: string, root: string): string {
  const folder = root.slice(root.lastIndexOf('/') + 1);
  return folder === '' || folder === name ? name : `${name} (${folder})`;
}
