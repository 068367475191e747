export const jobs = {
  jobs: {
    title: "Jobs",
    what: "What the server is working at. Jobs go on when it is started again.",
    job: "Job",
    state: "State",
    begun: "Asked for",
    repository: "Repository",
    kind: { assess: "Assessment of a repository", import: "Import of items", mirror: "Push to a mirror", recount: "Past days of metrics again" } as Record<string, string>,
    empty: "No job yet",
    emptyWhat: "Assessments stand here while they run, and afterwards.",
  },
};
