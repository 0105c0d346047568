#include <sys/resource.h>
#include <malloc.h>
#include <cstdio>
#include <fstream>
#include <cstdlib>
#include <map>
#include "train/fit.h"
using namespace matchcue;
int main(int argc, char** argv) {
  mallopt(M_MMAP_MAX, 0); mallopt(M_TRIM_THRESHOLD, 1<<30); mallopt(M_TOP_PAD, 64<<20);
  torch::set_num_threads(1);
  std::map<std::string,std::string> o; for (int i=1;i+1<argc;i+=2) o[argv[i]]=argv[i+1];
  auto num=[&](const char*k,double d){return o.count(k)?atof(o[k].c_str()):d;};
  dataset::Dataset d; std::ifstream in("/work/shared/data/ml-1m/ml-1m.txt"); int u,i,last=0; int items=0;
  std::vector<std::vector<int>> seq;
  while(in>>u>>i){ if(u!=last){seq.emplace_back();last=u;} seq.back().push_back(i-1); items=std::max(items,i);} 
  d.items.resize(items); d.viewers.resize(seq.size());
  for(auto&s:seq){ d.begin.push_back(d.item.size()); int t=0; for(int x:s){d.item.push_back(x); d.timestamp_s.push_back(++t);} } d.begin.push_back(d.item.size());
  train::SequenceData data(d);
  train::NetworkShape shape; shape.items=items; shape.cell = o["cell"]=="gru"?train::Cell::min_gru:train::Cell::rg_lru; shape.width=num("width",64); shape.blocks=num("blocks",2);
  train::FitOptions f; f.seed=num("seed",1); f.epochs=num("epochs",16); f.remove_seen=true; f.learning_rate=num("lr",2e-3); f.dropout=num("drop",.1); f.weight_decay=num("wd",.03); f.validation_viewers=num("val",3000); f.tokens_max=num("tokens",3200); f.average=num("ema",.995); f.patience=num("patience",4);
  torch::manual_seed(f.seed);
  train::Network net(shape, data.item_shares(), f.dropout);
  std::atomic<bool> stop{false};
  long n=0; for(auto&p:net->parameters()) n+=p.numel(); printf("parameters %ld\n",n); fflush(stdout);
  train::fit(net,data,{2,2},f,[&](const train::EpochReport&r){ rusage u; getrusage(RUSAGE_SELF,&u); printf("epoch %ld loss %.4f val HR %.4f NDCG %.4f MRR %.4f cpu %.0f s%s\n",(long)r.epoch,r.loss,r.validation.hit,r.validation.ndcg,r.validation.mrr,u.ru_utime.tv_sec+1e-6*u.ru_utime.tv_usec,r.best?" *":""); fflush(stdout);},stop);
  auto v=train::rank(net,data,train::held_out_sequences(d,{2,2},200),true); printf("validation all HR %.4f NDCG %.4f\n",v.hit,v.ndcg);
  if(o.count("test")){ auto t=train::rank(net,data,train::held_out_sequences(d,{2,1},200),true); printf("TEST HR %.4f NDCG %.4f MRR %.4f\n",t.hit,t.ndcg,t.mrr);} 
  if(o.count("save")) torch::save(net,o["save"]);
}
