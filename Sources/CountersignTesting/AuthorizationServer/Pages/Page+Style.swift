extension Page {
    /// The style sheet: a centered card, light or dark like the system.
    static let style = """
        :root {
          color-scheme: light dark;
          --ink: #1c2430; --dim: #5d6878; --line: #d9dee6; --card: #fff; --back: #f3f5f8; --go: #2457c5;
        }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8ecf2; --dim: #9aa5b5; --line: #364050; --card: #1b222d; --back: #11161d; --go: #86a9f7 }
        }
        * { box-sizing: border-box }
        body {
          margin: 0; min-height: 100vh; display: grid; place-items: center;
          background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
        }
        main {
          width: min(26rem, calc(100vw - 2rem)); margin: 2rem 0; padding: 2rem;
          background: var(--card); border: 1px solid var(--line); border-radius: 12px;
        }
        h1 { margin: 0 0 .5rem; font-size: 1.35rem; line-height: 1.3 }
        p { margin: 0 0 1rem; color: var(--dim); overflow-wrap: anywhere }
        button, input[type=text] {
          display: block; width: 100%; margin: 0 0 .6rem; padding: .7rem .9rem; text-align: left;
          font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 8px;
        }
        button { cursor: pointer }
        button:hover, button:focus-visible, input:focus-visible {
          border-color: var(--go); outline: 1px solid var(--go);
        }
        button small { display: block; color: var(--dim) }
        button.plain { margin: 1rem 0 0; text-align: center; color: var(--dim) }
        """
}
