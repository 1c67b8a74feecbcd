namespace Evergrain.Cli.Drill.Report;

/// <summary>The page's style: system fonts, few colours, and where a page may break on paper.</summary>
internal static class HtmlStyle
{
    // No '<', '>' or '&': the page is written as XML, which would encode them, and a browser does not decode a style.
    public const string Css = """

        :root { --ink: #1c2733; --grey: #5b6672; --line: #d5dbe1; --pale: #f5f7f9; --good: #19692f; --bad: #a8201a; --caution: #7a4b00; }
        * { box-sizing: border-box; }
        body { margin: 0; color: var(--ink); background: #fff; font: 15px/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei",
          "WenQuanYi Micro Hei", "Segoe UI", sans-serif; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        main { max-width: 1040px; margin: 0 auto; padding: 40px 32px; }
        .en { color: var(--grey); font-size: .82em; font-weight: 400; letter-spacing: 0; }
        p, dl, dd, figure { margin: 0; }
        h1 { margin: 0 0 20px; font-size: 34px; line-height: 1.25; letter-spacing: .04em; }
        h1 .en { font-size: 17px; margin-left: 6px; }
        h2 { margin: 0 0 14px; padding-bottom: 8px; font-size: 21px; line-height: 1.35; border-bottom: 2px solid var(--ink); }
        section { margin-top: 44px; }
        .product { color: var(--grey); font-size: 13px; letter-spacing: .06em; }
        .verdict { padding: 18px 24px; border: 2px solid; border-left-width: 12px; border-radius: 6px; }
        .verdict .headline { font-size: 32px; line-height: 1.3; font-weight: 700; }
        .verdict .headline .en { font-size: 18px; color: inherit; }
        .verdict p + p { margin-top: 4px; color: var(--ink); }
        .verdict.passed { color: var(--good); border-color: var(--good); background: #f1f8f3; }
        .verdict.failed { color: var(--bad); border-color: var(--bad); background: #fdf3f2; }
        .verdict.caution { color: var(--caution); border-color: var(--caution); background: #fdf7ea; }
        .tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 12px; margin: 18px 0; }
        .tiles div { padding: 12px 14px; border: 1px solid var(--line); border-radius: 6px; }
        .tiles .figure { font-size: 25px; line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .tiles .label .en, .tiles .note .en { display: block; line-height: 1.35; }
        .tiles .label { font-size: 13px; line-height: 1.5; }
        .tiles .note { margin-top: 4px; color: var(--grey); font-size: 12px; line-height: 1.4; }
        .facts { display: grid; grid-template-columns: 1fr 1fr; border-top: 1px solid var(--line); }
        .facts div, .how div { display: grid; grid-template-columns: 128px 1fr; gap: 12px; padding: 7px 0; border-bottom: 1px solid var(--line); }
        .facts div { padding-right: 16px; }
        .facts dt, .how dt { color: var(--grey); white-space: nowrap; }
        .facts dd { overflow-wrap: anywhere; }
        .facts dd .en, .how dd .en, .how dt .en { display: block; line-height: 1.5; }
        .how { margin-bottom: 16px; border-top: 1px solid var(--line); }
        table { width: 100%; margin-top: 16px; border-collapse: collapse; font-size: 13.5px; line-height: 1.45; font-variant-numeric: tabular-nums; }
        th, td { padding: 7px 8px; text-align: left; vertical-align: top; font-weight: 400; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
        thead th { font-weight: 600; background: var(--pale); border-top: 1px solid var(--line); vertical-align: bottom; overflow-wrap: normal; }
        thead th .en, tbody th .en { display: block; line-height: 1.35; }
        .checks tbody th .en, .callers tbody th .en { display: inline; }
        .n { text-align: right; white-space: nowrap; }
        th.n .en { white-space: normal; }
        .summary tbody th { min-width: 108px; }
        .note { display: block; color: var(--grey); font-size: 12px; line-height: 1.35; white-space: normal; }
        td .note .en { display: block; }
        .who .en { display: inline-block; }
        .share { color: var(--grey); font-size: 12px; font-weight: 400; }
        .good { color: var(--good); }
        .bad { color: var(--bad); font-weight: 650; }
        .bad .note, .note { font-weight: 400; }
        .summary a { color: inherit; text-decoration: none; }
        .summary a:hover, .summary a:focus-visible { text-decoration: underline; }
        .summary tbody th { font-weight: 600; }
        .badge { display: inline-block; padding: 1px 9px; border: 1px solid; border-radius: 11px; font-size: 13px; font-weight: 650; line-height: 1.5; white-space: nowrap; letter-spacing: 0; }
        .badge .en { color: inherit; }
        .badge.passed { color: var(--good); background: #f1f8f3; }
        .badge.failed { color: #fff; background: var(--bad); border-color: var(--bad); }
        .badge.not-run { color: var(--grey); background: #fff; border-style: dashed; }
        tr.not-run td, tr.not-run th { color: var(--grey); font-style: normal; background: repeating-linear-gradient(135deg, #fff 0 7px, #f4f5f6 7px 14px); }
        .reading dl { columns: 2; column-gap: 36px; font-size: 14px; }
        .reading dl div { margin-bottom: 12px; break-inside: avoid; }
        .reading dt { font-weight: 650; }
        .reading dd .en { display: block; line-height: 1.45; }
        .scenario h2 .badge { float: right; margin-top: 3px; }
        .number { display: inline-block; min-width: 30px; padding: 0 7px; margin-right: 6px; color: #fff; background: var(--ink); border-radius: 4px; text-align: center; font-size: .85em; }
        .reason { padding: 9px 14px; border-left: 4px solid var(--caution); background: #fdf7ea; overflow-wrap: anywhere; white-space: pre-wrap; }
        .reason.bad { border-color: var(--bad); background: #fdf3f2; color: var(--bad); font-weight: 400; }
        figure { margin-top: 22px; }
        .chart svg { display: block; width: 100%; height: auto; }
        caption { padding-bottom: 6px; text-align: left; font-weight: 650; }
        .marks { font-size: 13px; }
        .marks th, .marks td { padding: 4px 8px; }
        .kind { white-space: nowrap; border-left: 4px solid; }
        .kind.injection { border-left-color: #a8201a; } .kind.detection { border-left-color: #8a5a00; } .kind.reroute { border-left-color: #1f5fa8; }
        .kind.eviction { border-left-color: #6b3fa0; } .kind.recovery { border-left-color: #19692f; } .kind.healed { border-left-color: #0b6a78; } .kind.other { border-left-color: #5b6672; }
        .sign .lines { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 40px; padding-top: 44px; }
        .sign p { display: flex; gap: 10px; align-items: flex-end; white-space: nowrap; }
        .sign .en { display: block; }
        .sign .rule { flex: 1; border-bottom: 1px solid var(--ink); }
        footer { margin-top: 44px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--grey); font-size: 13px; }
        @media screen and (max-width: 760px) { .tiles, .facts, .sign .lines { grid-template-columns: 1fr; } .reading dl { columns: 1; } main { padding: 20px 14px; } .summary, .scenario { overflow-x: auto; } }
        @page { size: A4; margin: 14mm 13mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9px sans-serif; color: #5b6672; } }
        @media print {
          body { font-size: 11px; line-height: 1.5; } main { max-width: none; padding: 0; } section { margin-top: 22px; }
          h1 { font-size: 27px; } h1 .en { font-size: 14px; } h2 { margin-bottom: 8px; padding-bottom: 5px; font-size: 16px; }
          table { margin-top: 9px; font-size: 10px; line-height: 1.35; } th, td { padding: 3.5px 6px; } .marks { font-size: 9.5px; } .marks th, .marks td { padding: 1.5px 6px; }
          .tiles { gap: 8px; } .tiles div { padding: 8px 10px; } .tiles .figure { font-size: 18px; } .tiles .label, .reading dl { font-size: 10.5px; }
          .note, .share, .tiles .note { font-size: 9px; } .badge { padding: 0 7px; font-size: 9.5px; } .reading dl div { margin-bottom: 7px; }
          .verdict .headline { font-size: 26px; } .facts div, .how div { grid-template-columns: 96px 1fr; padding: 4px 0; } .how { margin-bottom: 9px; } figure { margin-top: 12px; }
          .product, .reason, footer { font-size: 10.5px; }
          h2, caption, thead { break-after: avoid; } tr, .tiles, .verdict, .chart, .sign, .checks, .callers { break-inside: avoid; }
          .summary, .scenario { break-before: page; }
        }

        """;
}
