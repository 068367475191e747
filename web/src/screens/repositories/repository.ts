/* Paths hold ids without their type. */
export const idOf = (subject: string) => subject.replace(/^repo:/, "");
export const pathOf = (subject: string) => `/repositories/${idOf(subject)}`;
export const short = (oid: string) => oid.slice(0, 12);
