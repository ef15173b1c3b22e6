// @ts-check
// A file on its way to the kernel; joined before each module that sends one.

const PART = 512 * 1024;

/** Where each part of `size` bytes begins. */
export function beginnings(size, part = PART) {
  return Array.from({ length: Math.max(1, Math.ceil(size / part)) }, (_, i) => i * part);
}

/** Send a file in parts, each with what the message asks. */
async function sendFile(model, file, wanted) {
  for (const at of beginnings(file.size)) {
    const bytes = await file.slice(at, at + PART).arrayBuffer();
    const { name, size } = file;
    model.send({ ...wanted, name, size, first: at === 0 }, undefined, [bytes]);
  }
}
