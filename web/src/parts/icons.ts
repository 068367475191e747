/* The icons in use, by their names in Tabler's set. To use another, import it and put it into the table. */
import home from "icon:home";
import checklist from "icon:checklist";
import listCheck from "icon:list-check";
import books from "icon:books";
import gitBranch from "icon:git-branch";
import gitPullRequest from "icon:git-pull-request";
import shieldCheck from "icon:shield-check";
import history from "icon:history";
import users from "icon:users";
import usersGroup from "icon:users-group";
import settings from "icon:settings";
import search from "icon:search";
import sun from "icon:sun";
import moon from "icon:moon";
import deviceDesktop from "icon:device-desktop";
import menu2 from "icon:menu-2";
import x from "icon:x";
import chevronDown from "icon:chevron-down";
import chevronRight from "icon:chevron-right";
import chevronLeft from "icon:chevron-left";
import chevronUp from "icon:chevron-up";
import check from "icon:check";
import alertTriangle from "icon:alert-triangle";
import alertCircle from "icon:alert-circle";
import circleCheck from "icon:circle-check";
import clock from "icon:clock";
import download from "icon:download";
import file from "icon:file";
import upload from "icon:upload";
import filter from "icon:filter";
import plus from "icon:plus";
import dots from "icon:dots";
import logout from "icon:logout";
import user from "icon:user";
import key from "icon:key";
import lock from "icon:lock";
import lockOpen from "icon:lock-open";
import language from "icon:language";
import keyboard from "icon:keyboard";
import arrowUp from "icon:arrow-up";
import arrowDown from "icon:arrow-down";
import arrowRight from "icon:arrow-right";
import arrowsSort from "icon:arrows-sort";
import refresh from "icon:refresh";
import externalLink from "icon:external-link";
import infoCircle from "icon:info-circle";
import eye from "icon:eye";
import eyeOff from "icon:eye-off";
import fingerprint from "icon:fingerprint";
import link from "icon:link";
import trash from "icon:trash";
import pencil from "icon:pencil";
import calendar from "icon:calendar";
import playerPlay from "icon:player-play";
import bolt from "icon:bolt";
import target from "icon:target";
import trendingUp from "icon:trending-up";
import trendingDown from "icon:trending-down";
import rosette from "icon:rosette";
import inbox from "icon:inbox";
import building from "icon:building";
import flag from "icon:flag";
import ban from "icon:ban";
import circleDashed from "icon:circle-dashed";
import circleHalf2 from "icon:circle-half-2";
import circleX from "icon:circle-x";
import clipboardCheck from "icon:clipboard-check";
import stack2 from "icon:stack-2";
import message from "icon:message";
import at from "icon:at";
import fileText from "icon:file-text";
import copy from "icon:copy";
import listDetails from "icon:list-details";
import layoutDashboard from "icon:layout-dashboard";
import progress from "icon:progress";
import bulb from "icon:bulb";
import gridDots from "icon:grid-dots";
import circleMinus from "icon:circle-minus";
import hourglass from "icon:hourglass";
import certificate from "icon:certificate";
import shieldLock from "icon:shield-lock";
import activity from "icon:activity";
import gitCompare from "icon:git-compare";
import chartLine from "icon:chart-line";
import deviceMobile from "icon:device-mobile";
import userPlus from "icon:user-plus";
import mail from "icon:mail";
import minus from "icon:minus";
import fileExport from "icon:file-export";
import fileImport from "icon:file-import";
import printer from "icon:printer";
import bookmark from "icon:bookmark";
import circle from "icon:circle";
import playerStop from "icon:player-stop";
import passwordUser from "icon:password-user";
import circleCheckFilled from "icon:filled/circle-check";
import circleXFilled from "icon:filled/circle-x";
import alertTriangleFilled from "icon:filled/alert-triangle";
import starFilled from "icon:filled/star";
import bell from "icon:bell";

export const icons = {
  home,
  checklist,
  "list-check": listCheck,
  books,
  "git-branch": gitBranch,
  "git-pull-request": gitPullRequest,
  "shield-check": shieldCheck,
  history,
  users,
  "users-group": usersGroup,
  settings,
  search,
  sun,
  moon,
  "device-desktop": deviceDesktop,
  "menu-2": menu2,
  x,
  "chevron-down": chevronDown,
  "chevron-right": chevronRight,
  "chevron-left": chevronLeft,
  "chevron-up": chevronUp,
  check,
  "alert-triangle": alertTriangle,
  "alert-circle": alertCircle,
  "circle-check": circleCheck,
  clock,
  download,
  filter,
  plus,
  dots,
  logout,
  user,
  key,
  lock,
  "lock-open": lockOpen,
  language,
  keyboard,
  "arrow-up": arrowUp,
  "arrow-down": arrowDown,
  "arrow-right": arrowRight,
  "arrows-sort": arrowsSort,
  refresh,
  "external-link": externalLink,
  "info-circle": infoCircle,
  eye,
  "eye-off": eyeOff,
  fingerprint,
  link,
  trash,
  pencil,
  calendar,
  "player-play": playerPlay,
  bolt,
  target,
  "trending-up": trendingUp,
  "trending-down": trendingDown,
  rosette,
  inbox,
  building,
  flag,
  ban,
  "circle-dashed": circleDashed,
  "circle-half-2": circleHalf2,
  "circle-x": circleX,
  "clipboard-check": clipboardCheck,
  "stack-2": stack2,
  message,
  at,
  "file-text": fileText,
  file,
  upload,
  copy,
  "list-details": listDetails,
  "layout-dashboard": layoutDashboard,
  progress,
  bulb,
  "grid-dots": gridDots,
  "circle-minus": circleMinus,
  hourglass,
  certificate,
  "shield-lock": shieldLock,
  activity,
  "git-compare": gitCompare,
  "chart-line": chartLine,
  "device-mobile": deviceMobile,
  "user-plus": userPlus,
  mail,
  minus,
  "file-export": fileExport,
  "file-import": fileImport,
  printer,
  bookmark,
  circle,
  "player-stop": playerStop,
  "password-user": passwordUser,
  "circle-check-filled": circleCheckFilled,
  "circle-x-filled": circleXFilled,
  "alert-triangle-filled": alertTriangleFilled,
  "star-filled": starFilled,
  bell,
} as const;

export type IconName = keyof typeof icons;
