export const people = {
  roles: {
    title: "Roles",
    what: "What each role may do. Nobody approves their own request, whatever their role.",
    yours: "Yours",
    matrix: "All rights side by side",
    matrixWhat: "A right marked “by project” can also be given for one project alone.",
    permission: "Right",
    project: "by project",
    yes: "Yes",
    no: "No",
  },
};
