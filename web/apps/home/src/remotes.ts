// SPDX-License-Identifier: Apache-2.0
//
// The remotes of this page: what is configured, how each has behaved, and the way to their modules.

import type { CueModule, PictureModule, CUE_COMPONENT, PICTURE_COMPONENT } from "@matchcue/remote-kit/contract.ts";

import { Breaker } from "./breaker.ts";
import type { RemoteConfig } from "./config.ts";
import type { LoadModule } from "./federation.ts";

interface Contracts {
  readonly [CUE_COMPONENT]: CueModule;
  readonly [PICTURE_COMPONENT]: PictureModule;
}

export interface RemotesOptions {
  readonly configured: ReadonlyMap<string, RemoteConfig>;
  readonly loadModule: LoadModule;
  /** Throws where a script is not what it should be. */
  readonly checkIntegrity: (remote: RemoteConfig) => Promise<void>;
  /** What is configured now: a site that was built anew has other scripts and other digests. */
  readonly reconfigure: () => Promise<ReadonlyMap<string, RemoteConfig>>;
  readonly now: () => number;
  readonly random: () => number;
}

/** A remote that fails may have been built anew: the configuration is asked for again, this rarely, and not by all pages at once. */
const reconfigureMs = 60_000;
/** Sooner where nobody answered: what fails a page may be the server's restart. */
const unansweredMs = 5_000;
const spreadMs = 20_000;

function keeps<Name extends keyof Contracts>(value: unknown, contract: Name): value is Contracts[Name] {
  const module = value as Partial<Contracts[Name]> | null;
  return typeof module === "object" && module?.contract === contract && typeof module.mount === "function";
}

export class Remotes {
  readonly #options: RemotesOptions;
  readonly #breakers = new Map<string, Breaker>();
  /** By what was configured: a new build is another entry. */
  readonly #checked = new WeakSet<RemoteConfig>();
  #configured: ReadonlyMap<string, RemoteConfig>;
  #reconfigureFrom = -Infinity;

  constructor(options: RemotesOptions) {
    this.#options = options;
    this.#configured = options.configured;
  }

  find(name: string): RemoteConfig | undefined {
    return this.#configured.get(name);
  }

  /** Where the remote's files lie, with a slash at the end. */
  static base(remote: RemoteConfig): string {
    return new URL(".", remote.manifest).href;
  }

  breaker(name: string): Breaker {
    let breaker = this.#breakers.get(name);
    if (!breaker) this.#breakers.set(name, (breaker = new Breaker(this.#options.now)));
    return breaker;
  }

  /** Rejects in words: not configured, changed, not to be loaded, or of another contract. */
  async load<Name extends keyof Contracts>(name: string, module: string, contract: Name): Promise<Contracts[Name]> {
    const remote = this.find(name);
    if (!remote) throw new Error(`no remote "${name}" is configured`);
    const loaded = await this.#loadChecked(name, remote, module).catch((error: unknown) => {
      // The next try may meet other scripts.
      this.#checked.delete(remote);
      if (remote.integrity) this.#reconfigureSoon();
      throw error;
    });
    if (!keeps(loaded, contract)) throw new Error(`${name}/${module} does not keep the contract ${contract}`);
    return loaded;
  }

  async #loadChecked(name: string, remote: RemoteConfig, module: string): Promise<unknown> {
    if (!this.#checked.has(remote)) {
      await this.#options.checkIntegrity(remote);
      this.#checked.add(remote);
    }
    return this.#options.loadModule(name, remote.manifest, module);
  }

  #reconfigureSoon(): void {
    const { now, random, reconfigure } = this.#options;
    if (now() < this.#reconfigureFrom) return;
    this.#reconfigureFrom = now() + reconfigureMs;
    setTimeout(() => {
      reconfigure().then(
        (configured) => (this.#configured = configured),
        (error: unknown) => {
          console.warn("the configuration cannot be read again", error);
          this.#reconfigureFrom = now() + unansweredMs;
        },
      );
    }, random() * spreadMs);
  }
}
