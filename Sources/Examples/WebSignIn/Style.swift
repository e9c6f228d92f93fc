/// The style sheet and the icon of the site.
enum Style {
    static let icon: StaticString = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f5bd7"/>
        <path d="M9 7v18" stroke="#9db8ff" stroke-width="2.4" stroke-linecap="round"/>
        <path d="M14 11h9M14 16h9M14 21h5" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>
        """

    static let sheet: StaticString = """
        :root {
          color-scheme: light dark;
          --ink: #18202c; --soft: #566173; --faint: #667085; --line: #e2e6ec; --paper: #fff; --ground: #f6f7f9;
          --accent: #2f5bd7; --on-accent: #fff; --tint: #eaf0ff; --good: #14774a; --good-tint: #e2f5ea; --bad: #b3372f;
          --bad-tint: #fdebe9; --rule: #f3c9c4; --shadow: 0 1px 2px #10182810, 0 6px 20px -8px #10182818;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e9edf3; --soft: #a3aebd; --faint: #8d99a9; --line: #2a323d; --paper: #181e27; --ground: #10141a;
            --accent: #86a8ff; --on-accent: #0d1630; --tint: #1e2a48; --good: #74d6a3; --good-tint: #14301f;
            --bad: #ff9a90; --bad-tint: #3a1d1b; --rule: #5b3431; --shadow: none;
          }
        }
        * { box-sizing: border-box }
        body {
          margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
          font: 16px/1.55 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100%;
        }
        header { background: var(--paper); border-bottom: 1px solid var(--line) }
        .bar, main { width: 100%; max-width: 62rem; margin: 0 auto; padding-inline: 1.5rem }
        .bar { display: flex; align-items: center; gap: .75rem 2rem; min-height: 4rem; padding-block: .7rem }
        .brand {
          display: flex; align-items: center; gap: .6rem; margin-right: auto; color: inherit; font-weight: 680;
          letter-spacing: -.01em; text-decoration: none;
        }
        .brand img { width: 1.9rem; height: 1.9rem }
        nav { display: flex; gap: .25rem }
        nav a { padding: .4rem .75rem; border-radius: .5rem; color: var(--soft); text-decoration: none }
        nav a:hover { color: var(--ink) }
        nav a[aria-current] { background: var(--tint); color: var(--accent); font-weight: 600 }
        .visitor { display: flex; align-items: center; gap: .9rem; margin: 0; color: var(--soft); font-size: .93rem }
        main { flex: 1; padding-block: 3rem }
        footer { padding: 1.75rem 1.5rem; text-align: center; color: var(--faint); font-size: .85rem }
        h1, h2, h3 { line-height: 1.2; letter-spacing: -.018em; margin: 0; text-wrap: balance }
        h1 { font-size: 1.95rem; margin-bottom: .5rem } h2 { font-size: 1.08rem; margin-bottom: .35rem }
        h3 { font-size: .92rem; margin: 1.4rem 0 .6rem; color: var(--soft); font-weight: 600; letter-spacing: 0 }
        p { margin: 0; text-wrap: pretty } p.lead { color: var(--soft); margin-bottom: 2rem; max-width: 38rem }
        code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--soft) }
        .card {
          background: var(--paper); border: 1px solid var(--line); border-radius: .9rem; padding: 1.5rem;
          margin: 0 0 1.25rem; box-shadow: var(--shadow);
        }
        button, .button {
          display: inline-block; font: inherit; font-weight: 600; cursor: pointer; border: 1px solid transparent;
          border-radius: .6rem; padding: .6rem 1.2rem; background: var(--accent); color: var(--on-accent);
          text-decoration: none; white-space: nowrap;
        }
        button:hover, .button:hover { filter: brightness(1.08) }
        .small { padding: .35rem .85rem; font-size: .93rem }
        .quiet { background: none; border-color: var(--line); color: var(--ink); font-weight: 500 }
        .button + .button { margin-left: .75rem }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
        .hero { display: grid; grid-template-columns: 1.25fr 1fr; gap: 3.5rem; align-items: center; padding: 2.5rem 0 4rem }
        .hero h1 { font-size: clamp(2.2rem, 5vw, 3.1rem); line-height: 1.08; letter-spacing: -.032em; margin-bottom: 1.1rem }
        .hero p.lead { font-size: 1.12rem }
        .sheet {
          position: relative; padding: 1.3rem 1.5rem 1.3rem 3.4rem; background: var(--paper); color: var(--soft);
          border: 1px solid var(--line); border-radius: .9rem; box-shadow: var(--shadow); rotate: 1.6deg;
        }
        .sheet::before { content: ""; position: absolute; inset: 0 auto 0 2.3rem; border-left: 2px solid var(--rule) }
        .sheet p { padding: .65rem 0; border-bottom: 1px solid var(--line) } .sheet p:last-child { border: 0 }
        .trio { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1.25rem }
        .trio > * {
          padding: 1.4rem 1.5rem; border: 1px solid var(--line); border-radius: .9rem; background: var(--paper);
          color: inherit; text-decoration: none;
        }
        .trio p { color: var(--soft); font-size: .95rem } .trio a { box-shadow: var(--shadow) }
        .trio a:hover { border-color: var(--accent) } .trio a:hover h2 { color: var(--accent) }
        .row { display: flex; gap: .75rem; padding: 1rem }
        input[type=text] {
          flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line);
          border-radius: .6rem; padding: .6rem .9rem;
        }
        input::placeholder { color: var(--faint) }
        ul { list-style: none; margin: 0; padding: 0 }
        .notes { padding-block: .35rem }
        .notes li { display: flex; justify-content: space-between; gap: 1.5rem; padding: .95rem 0 }
        .notes li + li, .events li + li { border-top: 1px solid var(--line) }
        .notes span { overflow-wrap: anywhere; min-width: 0 }
        time { color: var(--faint); white-space: nowrap; font-size: .9rem }
        .empty { color: var(--faint); padding: .4rem 0 }
        .problem { margin: 0 0 1.25rem; padding: .8rem 1.1rem; border-radius: .6rem; background: var(--bad-tint); color: var(--bad) }
        .person { display: flex; align-items: center; gap: 1.25rem } .person h2 { font-size: 1.25rem; margin: 0 }
        .person p { color: var(--soft) }
        .avatar {
          display: grid; place-items: center; flex: none; width: 3.6rem; height: 3.6rem; border-radius: 50%;
          background: var(--tint); color: var(--accent); font-weight: 650; font-size: 1.15rem;
        }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.25rem; margin-bottom: 1.25rem }
        .pair .card { margin: 0 } .card > h2 { margin-bottom: 1rem }
        dl { display: grid; grid-template-columns: minmax(6rem, 8rem) 1fr; gap: .75rem 1.25rem; margin: 0 }
        dt { color: var(--soft) } dd time { color: inherit; font-size: inherit } dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
        .pill { display: inline-block; padding: .1rem .7rem; border-radius: 1rem; font-size: .9rem; font-weight: 600 }
        .good { background: var(--good-tint); color: var(--good) } .bad { background: var(--bad-tint); color: var(--bad) }
        .chips { display: flex; flex-wrap: wrap; gap: .45rem }
        .chips li { padding: .15rem .65rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .88rem; color: var(--soft) }
        .events li { display: flex; justify-content: space-between; gap: 1.5rem; padding: .7rem 0 }
        .notice { max-width: 36rem; margin: 3rem auto; padding: 2.2rem }
        .notice p.lead { margin-bottom: 1.5rem }
        @media (max-width: 46rem) {
          .bar { flex-wrap: wrap } .visitor span { display: none }
          nav { order: 3; width: 100% } main { padding-block: 2rem }
          .hero { grid-template-columns: 1fr; gap: 2.5rem; padding: 1rem 0 3rem }
        }
        """
}
