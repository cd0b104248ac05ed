/* Sentences of a paired PC's page between its meetings, in Chinese. */

export const zhKiosk = {
  product: "会议统筹",

  // not paired yet
  pairTitle: "把这台电脑配成分会场",
  pairAsk: "请街道管理员登录后，在“分会场电脑”里输入：",
  pairCode: (digits: string) => `配对码 ${digits}`,
  pairAgain: (minutes: number, seconds: number) =>
    `${minutes > 0 ? `${minutes} 分 ` : ""}${seconds} 秒后换新码。配一次就好，以后开机自动进入。`,
  pairPhone: (phone: string) => `管理员电话 ${phone}`,
  pairWait: "正在取配对码",
  pairRefused: (seconds: number) => `${seconds} 秒后自动再取。`,

  // waiting
  nextTitle: "下一场会",
  noneTitle: "现在没有要开的会",
  noneBody: "新安排的会会自动出现在这里，到点自动进入，不用守着。",
  startsAt: (when: string) => `${when} 开始`,
  checkFrom: (time: string) => `${time} 自动检查摄像头和麦克风，会前 15 分钟自动进入，不用守着。`,
  postponedMark: "改期后的时间",

  // no server, another window
  awayTitle: "连不上会议系统，正在自动重试",
  awayBody: "不用关机，也不用刷新：一连上就自动回来。请看看网线和路由器的灯亮不亮。",
  awayTry: (attempt: number) => `第 ${attempt} 次`,
  awayMark: "暂时连不上会议系统，正在自动重试",
  elsewhereTitle: "分会场已在另一个窗口打开",
  elsewhereBody: "一台电脑只用一个分会场窗口。那个窗口关掉后，这里自动接上。",
};
