"use strict";

const { commands, window, workspace } = require("vscode");
const { LanguageClient, RevealOutputChannelOn } = require("vscode-languageclient/node");

/** The running client; undefined as long as no rule file has been opened. */
let client;

/** Whether a file begins like the pack file of rules. */
const PACK_FILE = /^["']?pack["']? *:/m;

/** Return whether one of the open folders has a pack, or whether an open file belongs to one. */
async function hasPack() {
  let files;
  try {
    files = await workspace.findFiles("**/*.{yaml,yml}", "**/{node_modules,.*}/**", 2000);
  } catch {
    return true; // where nothing can be searched, the server finds out: it leaves other files alone
  }
  const likely = files.filter((file) => /pack[^/]*$/.test(file.path));
  for (const file of [...likely, ...files.filter((other) => !likely.includes(other))].slice(0, 500)) {
    try {
      const beginning = (await workspace.fs.readFile(file)).subarray(0, 2000);
      if (PACK_FILE.test(Buffer.from(beginning).toString("utf8"))) {
        return true;
      }
    } catch {
      // a file that cannot be read is no pack file
    }
  }
  return false;
}

/** Start the server, unless it runs. */
async function start() {
  if (client) {
    return;
  }
  const settings = workspace.getConfiguration("hiprun");
  const command = settings.get("server.command");
  client = new LanguageClient(
    "hiprun",
    "hiprun",
    { command, args: settings.get("server.arguments") },
    {
      documentSelector: [{ scheme: "file", language: "yaml" }],
      initializationOptions: { verifyOnSave: settings.get("verifyOnSave") },
      synchronize: {
        configurationSection: "hiprun",
        fileEvents: workspace.createFileSystemWatcher("**/*.{yaml,yml}"),
      },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    },
  );
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const chosen = await window.showErrorMessage(
      `hiprun could not be started as \`${command}\`: ${error.message}. ` +
        'Install it with `pip install "hiprun[lsp,verify]"`, or say in the settings where it is.',
      "Open the settings",
    );
    if (chosen) {
      await commands.executeCommand("workbench.action.openSettings", "hiprun.server");
    }
  }
}

/** Stop the server, if it runs. */
async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** Start the server once there is a pack. */
async function startForPack() {
  if (!client && (await hasPack())) {
    await start();
  }
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("hiprun.restart", async () => {
      await stop();
      await start();
    }),
    commands.registerCommand("hiprun.verifyPack", async () => {
      const document = window.activeTextEditor?.document;
      await start();
      if (client && document) {
        await commands.executeCommand("hiprun.verify", document.uri.toString());
      }
    }),
    workspace.onDidSaveTextDocument(startForPack),
    workspace.onDidChangeWorkspaceFolders(startForPack),
  );
  await startForPack();
}

module.exports = { activate, deactivate: stop };
