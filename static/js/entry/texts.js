// What the entry sheet says to people, in one place.

export const texts = {
  undo: "元に戻す",
  redo: "やり直す",
  close: "閉じる",

  draftOpened: (time) => `下書きを開いています（${time} に自動保存）`,
  draftSaved: (time) => `下書きを保存しました ${time}`,
  offline: "サーバーにつながりません。つながりしだい自動で送ります。",
  serverFails: (status) => `サーバーが下書きを受け取れませんでした（${status}）。30秒ごとに送り直します。`,
  signedOut: "サインインの期限が切れたため、下書きを保存できません。",
  signIn: "別のタブでサインインし直す",
  signInThen: "と、このページの入力は自動で送ります。",
  refused: (status) => `下書きを保存できませんでした（${status}）。`,
  kept: "入力はこのブラウザーに控えてあります。",
  notKept: "このブラウザーにも控えられません。このページを閉じずにお待ちください。",

  restored: (count, time) =>
    `送れていなかった入力${count}件（${time} に入力）を欄に戻しました。内容を確かめてください。`,
  restoredBack: "戻した入力を取り消す",
  movedOn: (count) =>
    `次の${count}件は、入力したあとに行が更新されたか締め切られたため、欄に入れていません。`,
  movedOnFill: "この値を欄に入れる",
  movedOnDrop: "この入力を捨てる",
  entryOf: (label, value) => `${label}：${value || "（空欄）"}`,

  pasted: (cells, rows, columns) => `${rows}行×${columns}列（${cells}個の値）を貼り付けました。`,
  pastedNothing: "貼り付けた値はありません。",
  closedRows: (count, reasons) =>
    `${count}行は${reasons || "入力できない行"}のため飛ばしました。`,
  outside: (count, rows, columns) => {
    const where = [rows && `下に${rows}行`, columns && `右に${columns}列`].filter(Boolean);
    return `表からはみ出した${count}個の値（${where.join("、")}）は入っていません。`;
  },
  locked: (count) => `入力できない欄の値${count}個は入っていません。`,
  noOption: (count, samples) => `選択肢にない値${count}個は入れていません（${samples}）。`,
  noFigure: (count, samples) =>
    `数として読めない値${count}個は、そのまま入れました（${samples}）。直してから保存してください。`,

  previewFails: "今は計算できません。",
  changed: "変更",
};
