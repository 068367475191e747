export const hurry = {
  hurry: {
    emergency: "Publish as an emergency",
    emergencyWhat: "An emergency change that was decided on within three days lets it through now. It is reviewed afterwards.",
    number: "Emergency change",
    numberHelp: "Its number in the register of changes",
    write: "Write an emergency change",
    glass: "Break glass",
    glassWhat: (branch: string) => `For a while requirement points do not stop what you publish to ${branch}. It is recorded, and waits on the dashboard until another person has reviewed it.`,
    reason: "Why it cannot wait",
    minutes: "For how many minutes",
    broken: "Glass is broken: publish the change now",
  },
};
